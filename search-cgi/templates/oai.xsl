<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- An answer of the Open Archives Initiative Protocol for Metadata
     Harvesting, version 2.0 (https://www.openarchives.org/OAI/2.0/). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns="http://www.openarchives.org/OAI/2.0/"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <xsl:output method="xml" encoding="UTF-8"/>

  <xsl:template match="/page">
    <OAI-PMH xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
      <responseDate><xsl:value-of select="@now"/></responseDate>
      <!-- Section 3.6: without its arguments when they are what is wrong. -->
      <request>
        <xsl:if test="not(error[@code = 'badVerb' or @code = 'badArgument'])">
          <xsl:copy-of select="asked/@*"/>
        </xsl:if>
        <xsl:value-of select="@base"/>/oai</request>
      <xsl:choose>
        <xsl:when test="error">
          <xsl:for-each select="error">
            <error code="{@code}"><xsl:value-of select="."/></error>
          </xsl:for-each>
        </xsl:when>
        <xsl:otherwise>
          <xsl:element name="{asked/@verb}"><xsl:apply-templates select="*"/></xsl:element>
        </xsl:otherwise>
      </xsl:choose>
    </OAI-PMH>
  </xsl:template>

  <xsl:template match="*"/>

  <xsl:template match="identify">
    <repositoryName><xsl:value-of select="@name"/></repositoryName>
    <baseURL><xsl:value-of select="/page/@base"/>/oai</baseURL>
    <protocolVersion>2.0</protocolVersion>
    <adminEmail><xsl:value-of select="@mail"/></adminEmail>
    <earliestDatestamp><xsl:value-of select="@earliest"/></earliestDatestamp>
    <deletedRecord>no</deletedRecord>
    <granularity>YYYY-MM-DDThh:mm:ssZ</granularity>
  </xsl:template>

  <xsl:template match="format">
    <metadataFormat>
      <metadataPrefix>oai_dc</metadataPrefix>
      <schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>
      <metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace>
    </metadataFormat>
  </xsl:template>

  <xsl:template match="set">
    <set>
      <setSpec><xsl:value-of select="@spec"/></setSpec>
      <setName><xsl:value-of select="@spec"/></setName>
    </set>
  </xsl:template>

  <xsl:template name="header">
    <header>
      <identifier><xsl:value-of select="/page/@base"/>/volume/<xsl:value-of select="@id"/></identifier>
      <datestamp><xsl:value-of select="@since"/></datestamp>
      <setSpec><xsl:value-of select="@series"/></setSpec>
    </header>
  </xsl:template>

  <xsl:template match="volume[/page/asked/@verb = 'ListIdentifiers']">
    <xsl:call-template name="header"/>
  </xsl:template>

  <xsl:template match="volume">
    <record>
      <xsl:call-template name="header"/>
      <metadata>
        <oai_dc:dc xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd">
          <dc:title><xsl:value-of select="@title"/></dc:title>
          <dc:identifier><xsl:value-of select="/page/@base"/>/volume/<xsl:value-of select="@id"/></dc:identifier>
          <dc:identifier><xsl:value-of select="@id"/></dc:identifier>
          <xsl:if test="@shelfmark != ''"><dc:source><xsl:value-of select="@shelfmark"/></dc:source></xsl:if>
          <xsl:if test="@from != ''">
            <dc:date><xsl:value-of select="@from"/><xsl:if test="@to != ''">/<xsl:value-of select="@to"/></xsl:if></dc:date>
          </xsl:if>
          <dc:type>Text</dc:type>
          <dc:format>image/tiff</dc:format>
          <dc:language>bg</dc:language>
          <dc:relation><xsl:value-of select="/page/@base"/>/volume/<xsl:value-of select="@id"/>/manifest.json</dc:relation>
        </oai_dc:dc>
      </metadata>
    </record>
  </xsl:template>

  <xsl:template match="token">
    <resumptionToken completeListSize="{@size}" cursor="{@cursor}"><xsl:value-of select="."/></resumptionToken>
  </xsl:template>
</xsl:stylesheet>
