<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- What the fields of a form are called, and what stands in one. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="field-value">
    <xsl:choose>
      <xsl:when test="@origin = 'unread'"><em><xsl:value-of select="t:t('unread')"/></em></xsl:when>
      <xsl:when test="@doubtful"><em><xsl:value-of select="t:t('read doubtfully: %1', string(.))"/></em></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@review">
      <xsl:text> </xsl:text>
      <em><xsl:value-of select="t:t('(entered on an earlier scan of the page; to be looked at again)')"/></em>
    </xsl:if>
  </xsl:template>

  <!-- To where a record is corrected, for who may. -->
  <xsl:template name="correct-link">
    <xsl:if test="/page/@correct">
      <xsl:text> </xsl:text>
      <a class="correct" href="{/page/@correct}r{format-number(@number, '00')}"><xsl:choose>
        <xsl:when test="field[@origin = 'unread']"><xsl:value-of select="t:t('Key what is unread')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('Correct')"/></xsl:otherwise>
      </xsl:choose><span class="visually-hidden">: <xsl:value-of select="t:t('Row %1', @number)"/></span></a>
    </xsl:if>
  </xsl:template>

  <!-- Fields of the forms that come with Tefter (ocr/forms); those of an
       archive's own are called as it calls them. -->
  <xsl:template name="field-name">
    <xsl:choose>
      <xsl:when test="@name = 'municipality'"><xsl:value-of select="t:t('municipality')"/></xsl:when>
      <xsl:when test="@name = 'settlement'"><xsl:value-of select="t:t('settlement')"/></xsl:when>
      <xsl:when test="@name = 'district'"><xsl:value-of select="t:t('district')"/></xsl:when>
      <xsl:when test="@name = 'quarter'"><xsl:value-of select="t:t('quarter')"/></xsl:when>
      <xsl:when test="@name = 'street'"><xsl:value-of select="t:t('street')"/></xsl:when>
      <xsl:when test="@name = 'house'"><xsl:value-of select="t:t('house number')"/></xsl:when>
      <xsl:when test="@name = 'address'"><xsl:value-of select="t:t('address')"/></xsl:when>
      <xsl:when test="@name = 'file'"><xsl:value-of select="t:t('file')"/></xsl:when>
      <xsl:when test="@name = 'book'"><xsl:value-of select="t:t('book')"/></xsl:when>
      <xsl:when test="@name = 'leaf'"><xsl:value-of select="t:t('leaf')"/></xsl:when>
      <xsl:when test="@name = 'number'"><xsl:value-of select="t:t('number in the register')"/></xsl:when>
      <xsl:when test="@name = 'name'"><xsl:value-of select="t:t('full name')"/></xsl:when>
      <xsl:when test="@name = 'sex'"><xsl:value-of select="t:t('sex')"/></xsl:when>
      <xsl:when test="@name = 'birth_date'"><xsl:value-of select="t:t('date of birth')"/></xsl:when>
      <xsl:when test="@name = 'birth_place'"><xsl:value-of select="t:t('place of birth')"/></xsl:when>
      <xsl:when test="@name = 'relation'"><xsl:value-of select="t:t('relation to the head')"/></xsl:when>
      <xsl:when test="@name = 'marital_status'"><xsl:value-of select="t:t('marital status')"/></xsl:when>
      <xsl:when test="@name = 'religion'"><xsl:value-of select="t:t('religion')"/></xsl:when>
      <xsl:when test="@name = 'occupation'"><xsl:value-of select="t:t('occupation')"/></xsl:when>
      <xsl:when test="@name = 'egn'"><xsl:value-of select="t:t('personal number')"/></xsl:when>
      <xsl:when test="@name = 'death_date'"><xsl:value-of select="t:t('date of death')"/></xsl:when>
      <xsl:when test="@name = 'notes'"><xsl:value-of select="t:t('notes')"/></xsl:when>
      <xsl:when test="@name = 'acquired'"><xsl:value-of select="t:t('how it was acquired')"/></xsl:when>
      <xsl:when test="@name = 'area'"><xsl:value-of select="t:t('area')"/></xsl:when>
      <xsl:when test="@name = 'assessment'"><xsl:value-of select="t:t('assessment')"/></xsl:when>
      <xsl:when test="@name = 'assessment_total'"><xsl:value-of select="t:t('assessment in all')"/></xsl:when>
      <xsl:when test="@name = 'built'"><xsl:value-of select="t:t('year built')"/></xsl:when>
      <xsl:when test="@name = 'court_file'"><xsl:value-of select="t:t('court file')"/></xsl:when>
      <xsl:when test="@name = 'eik'"><xsl:value-of select="t:t('company number')"/></xsl:when>
      <xsl:when test="@name = 'employer'"><xsl:value-of select="t:t('employer')"/></xsl:when>
      <xsl:when test="@name = 'entry_number'"><xsl:value-of select="t:t('entry number')"/></xsl:when>
      <xsl:when test="@name = 'filed_on'"><xsl:value-of select="t:t('filed on')"/></xsl:when>
      <xsl:when test="@name = 'firm'"><xsl:value-of select="t:t('firm')"/></xsl:when>
      <xsl:when test="@name = 'identity_card'"><xsl:value-of select="t:t('identity card')"/></xsl:when>
      <xsl:when test="@name = 'kind'"><xsl:value-of select="t:t('kind')"/></xsl:when>
      <xsl:when test="@name = 'paid_on'"><xsl:value-of select="t:t('paid on')"/></xsl:when>
      <xsl:when test="@name = 'passport'"><xsl:value-of select="t:t('passport')"/></xsl:when>
      <xsl:when test="@name = 'price'"><xsl:value-of select="t:t('price')"/></xsl:when>
      <xsl:when test="@name = 'property_address'"><xsl:value-of select="t:t('address of the property')"/></xsl:when>
      <xsl:when test="@name = 'receipt'"><xsl:value-of select="t:t('receipt')"/></xsl:when>
      <xsl:when test="@name = 'tax_due'"><xsl:value-of select="t:t('tax due')"/></xsl:when>
      <xsl:when test="@name = 'waste_fee'"><xsl:value-of select="t:t('waste fee')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
